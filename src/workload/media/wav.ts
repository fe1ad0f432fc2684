import type { Random } from "../../base/index.ts";

const HEADER = 44;
/** Partials of the tone. */
const PARTIALS = 6;
/** Syllables a second, about as people speak. */
const SYLLABLES = 4;

/**
 * A WAV file (16-bit PCM, one channel) of a tone that rises and falls in loudness as syllables do, with some noise; it follows from its stream
 * alone. `length` in ms, `rate` in samples a second.
 */
export function wavSound(length: number, rate: number, random: Random): Buffer {
  const samples = Math.max(1, Math.round((length / 1000) * rate));
  const file = Buffer.alloc(HEADER + 2 * samples);
  file.write("RIFF", 0, "latin1");
  file.writeUInt32LE(file.length - 8, 4);
  file.write("WAVEfmt ", 8, "latin1");
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(2 * rate, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36, "latin1");
  file.writeUInt32LE(2 * samples, 40);
  const pitch = 90 + 140 * random.next();
  for (let i = 0; i < samples; i++) {
    const time = i / rate;
    let value = 0;
    for (let n = 1; n <= PARTIALS; n++) value += Math.sin(2 * Math.PI * pitch * n * time) / n;
    const loud = 0.5 - 0.5 * Math.cos(2 * Math.PI * SYLLABLES * time);
    const sound = 0.3 * loud * value + 0.02 * (random.next() - 0.5);
    file.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sound)) * 32767), HEADER + 2 * i);
  }
  return file;
}
