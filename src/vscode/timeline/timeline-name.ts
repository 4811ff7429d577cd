// The timeline's type of panel, as the manifest's activation event and its keys name it.
export const TIMELINE = "vigil.timeline";
