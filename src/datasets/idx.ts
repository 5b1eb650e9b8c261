/**
 * Reads the IDX format of the MNIST files: a big-endian magic number 0x0000_08_dd (unsigned bytes, dd
 * dimensions), dd big-endian 32-bit lengths, then the bytes.
 *
 * @param name - the name of the file, for errors
 * @param dimensions - the number of lengths that the header must hold
 * @throws Error if the header has another magic number, or if the lengths do not match the content
 */
export function readIdx(
  name: string,
  content: Buffer,
  dimensions: number,
): { lengths: number[]; bytes: Uint8Array } {
  const header = 4 + 4 * dimensions;
  if (content.length < header) {
    throw new Error(`${name}: has ${content.length} bytes, shorter than its header of ${header}`);
  }
  const magic = content.readUInt32BE(0);
  if (magic !== 0x0800 + dimensions) {
    throw new Error(`${name}: magic number is ${magic}, expected ${0x0800 + dimensions}`);
  }
  const lengths = Array.from({ length: dimensions }, (_, axis) => content.readUInt32BE(4 + 4 * axis));
  const expected = lengths.reduce((product, length) => product * length, 1);
  if (content.length - header !== expected) {
    throw new Error(
      `${name}: holds ${content.length - header} values, but its header says ${lengths.join(" × ")}`,
    );
  }
  return { lengths, bytes: content.subarray(header) };
}
