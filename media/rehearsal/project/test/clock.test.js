import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTime, parseTime } from "../src/clock.js";

test("reads a time of day", () => assert.equal(parseTime("07:30"), 450));

test("refuses what is no time of day", () => assert.throws(() => parseTime("25:00"), /not a time/));

test("writes a time of day", () => assert.equal(formatTime(450), "07:30"));

test("writes a time that falls on the evening before", () => assert.equal(formatTime(-210), "20:30"));
