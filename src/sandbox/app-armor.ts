// The AppArmor profile that lets bubblewrap make namespaces where a distribution forbids them to ordinary programs.

/** The profile's text and the commands that install it, as a person would paste them. `bubblewrap`: its absolute path. */
export function appArmorProfile(bubblewrap: string): string {
  const file = "/etc/apparmor.d/vigil-bwrap";
  return `sudo tee ${file} >/dev/null <<'PROFILE'
abi <abi/4.0>,
include <tunables/global>

profile vigil-bwrap ${bubblewrap} flags=(unconfined) {
  userns,

  include if exists <local/vigil-bwrap>
}
PROFILE
sudo apparmor_parser -r ${file}
`;
}
