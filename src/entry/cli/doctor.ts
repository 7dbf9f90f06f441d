/** `doctor`: exit 5 when a target cannot be trusted with a commit, 6 when a permission lacks, 1 for any other problem. */
import { type Door, given, look, watching } from './door.js';

interface DoctorFlags {
  readonly config?: string;
  readonly table?: string;
  readonly region?: string;
}

export async function run(door: Door, _: readonly string[], flags: DoctorFlags): Promise<void> {
  const { table, region } = flags;
  const request = { config: flags.config ?? 'bucketwise.yaml', ...given({ table, region }) };
  const diagnosis = await door.app.doctor(request, watching(door));
  door.terminal.out(door.app.show(diagnosis, door.format, look(door)));
  await door.app.checkDiagnosis(diagnosis.value);
}
