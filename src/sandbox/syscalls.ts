// The system calls that the filter speaks of, with their numbers on both processors. A table, nothing more.

/** `undefined`: this processor does not have the call. Source: the kernel's asm/unistd_64.h and asm-generic/unistd.h. */
export interface CallNumber {
  readonly x64: number | undefined;
  readonly arm64: number | undefined;
}

function numbers(x64: number | undefined, arm64: number | undefined): CallNumber {
  return { x64, arm64 };
}

/** Refused with EPERM whatever their arguments. */
export const refusedCalls = {
  // other processes
  ptrace: numbers(101, 117),
  process_vm_readv: numbers(310, 270),
  process_vm_writev: numbers(311, 271),
  process_madvise: numbers(440, 440),
  kcmp: numbers(312, 272),
  pidfd_getfd: numbers(438, 438),
  move_pages: numbers(279, 239),
  migrate_pages: numbers(256, 238),
  // the kernel's key rings
  keyctl: numbers(250, 219),
  add_key: numbers(248, 217),
  request_key: numbers(249, 218),
  // the kernel itself
  bpf: numbers(321, 280),
  perf_event_open: numbers(298, 241),
  userfaultfd: numbers(323, 282),
  kexec_load: numbers(246, 104),
  kexec_file_load: numbers(320, 294),
  init_module: numbers(175, 105),
  finit_module: numbers(313, 273),
  delete_module: numbers(176, 106),
  create_module: numbers(174, undefined),
  query_module: numbers(178, undefined),
  get_kernel_syms: numbers(177, undefined),
  reboot: numbers(169, 142),
  syslog: numbers(103, 116),
  iopl: numbers(172, undefined),
  ioperm: numbers(173, undefined),
  modify_ldt: numbers(154, undefined),
  uselib: numbers(134, undefined),
  ustat: numbers(136, undefined),
  sysfs: numbers(139, undefined),
  _sysctl: numbers(156, undefined),
  nfsservctl: numbers(180, 42),
  lookup_dcookie: numbers(212, 18),
  // mounts and roots
  mount: numbers(165, 40),
  umount2: numbers(166, 39),
  pivot_root: numbers(155, 41),
  chroot: numbers(161, 51),
  move_mount: numbers(429, 429),
  open_tree: numbers(428, 428),
  fsopen: numbers(430, 430),
  fsconfig: numbers(431, 431),
  fsmount: numbers(432, 432),
  fspick: numbers(433, 433),
  mount_setattr: numbers(442, 442),
  open_tree_attr: numbers(467, 467),
  setns: numbers(308, 268),
  swapon: numbers(167, 224),
  swapoff: numbers(168, 225),
  quotactl: numbers(179, 60),
  quotactl_fd: numbers(443, 443),
  name_to_handle_at: numbers(303, 264),
  open_by_handle_at: numbers(304, 265),
  acct: numbers(163, 89),
  fanotify_init: numbers(300, 262),
  fanotify_mark: numbers(301, 263),
  // the machine's clock and name
  settimeofday: numbers(164, 170),
  clock_settime: numbers(227, 112),
  clock_adjtime: numbers(305, 266),
  adjtimex: numbers(159, 171),
  sethostname: numbers(170, 161),
  setdomainname: numbers(171, 162),
  vhangup: numbers(153, 58),
} satisfies Record<string, CallNumber>;

/** Answered with ENOSYS, because programs probe for them and have another way (libc falls back from clone3 to clone). */
export const absentCalls = {
  io_uring_setup: numbers(425, 425),
  io_uring_enter: numbers(426, 426),
  io_uring_register: numbers(427, 427),
  clone3: numbers(435, 435),
} satisfies Record<string, CallNumber>;

/** Judged by their arguments. */
export const judgedCalls = {
  clone: numbers(56, 220),
  unshare: numbers(272, 97),
  socket: numbers(41, 198),
  ioctl: numbers(16, 29),
} satisfies Record<string, CallNumber>;
