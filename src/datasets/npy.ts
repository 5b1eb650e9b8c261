/** A NumPy array in its stored form. */
export interface NumpyArray {
  /** The kind and size of a value in NumPy's notation, without the byte order: u1, f4, i8, …. */
  readonly type: string;
  readonly shape: readonly number[];
  /** The values, in C order. */
  readonly values: Uint8Array | Float32Array | Float64Array;
}

/**
 * Reads the format of NumPy's `.npy` files (versions 1 to 3): a magic string, the length of the header, a
 * header in Python syntax, and the values.
 *
 * @param where - the name of the file in errors
 * @throws Error naming the file and the problem: another format, a file that is cut off, values that are not
 *   numbers, or values in Fortran order
 */
export function readNpy(where: string, content: Buffer): NumpyArray {
  if (content.toString("latin1", 0, 6) !== "\x93NUMPY" || content.length < 10) {
    throw new Error(`${where}: is not a .npy file`);
  }
  const version = content[6];
  if (version < 1 || version > 3) throw new Error(`${where}: has .npy version ${version}, expected 1 to 3`);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? content.readUInt16LE(8) : content.length < 12 ? 0 : content.readUInt32LE(8);
  if (start + length > content.length || length > LONGEST_HEADER) {
    throw new Error(`${where}: its header is cut off or too long`);
  }
  const { type, isBig, shape } = readHeader(where, content.toString("latin1", start, start + length));
  const [kind, size] = [type[0], Number(type.slice(1))];
  const count = shape.reduce((product, axis) => product * axis, 1);
  const bytes = content.length - start - length;
  if (count * size !== bytes) {
    throw new Error(
      `${where}: has ${bytes} bytes of values, but its header says ${shape.join(" × ") || 1} of ${size} bytes`,
    );
  }
  const data = content.subarray(start + length);
  if (size === 1 && kind === "u") return { type, shape, values: data };
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return { type, shape, values: valuesOf(where, view, type, count, !isBig) };
}

const LONGEST_HEADER = 65_536;

function readHeader(where: string, header: string): { type: string; isBig: boolean; shape: number[] } {
  const description = /'descr'\s*:\s*'([<>|=])([a-zA-Z])(\d+)'/.exec(header);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header);
  const axes = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(header);
  if (!order || !axes)
    throw new Error(`${where}: its header does not describe an array: ${header.trim().slice(0, 80)}`);
  const type = description && `${description[2]}${description[3]}`;
  if (!type || !(type in READERS)) {
    const found = /'descr'\s*:\s*([^,]+)/.exec(header)?.[1] ?? "nothing";
    throw new Error(
      `${where}: its values are ${found}, expected numbers: ${Object.keys(READERS).join(", ")}`,
    );
  }
  if (order[1] === "True" && axes[1].split(",").filter((axis) => axis.trim()).length > 1) {
    throw new Error(`${where}: is in Fortran order, expected C order: save np.ascontiguousarray(x)`);
  }
  const shape = axes[1]
    .split(",")
    .map((axis) => axis.replace("L", "").trim())
    .filter((axis) => axis !== "")
    .map(Number);
  return { type, isBig: description[1] === ">", shape };
}

type Reader = (view: DataView, at: number, isLittle: boolean) => number;

/**
 * The functions that read values of each type. Integers of 64 bits are read as doubles, which are exact up to
 * 2^53.
 */
const READERS: Readonly<Record<string, Reader>> = {
  u1: (view, at) => view.getUint8(at),
  i1: (view, at) => view.getInt8(at),
  b1: (view, at) => view.getUint8(at),
  u2: (view, at, isLittle) => view.getUint16(at, isLittle),
  i2: (view, at, isLittle) => view.getInt16(at, isLittle),
  u4: (view, at, isLittle) => view.getUint32(at, isLittle),
  i4: (view, at, isLittle) => view.getInt32(at, isLittle),
  u8: (view, at, isLittle) => Number(view.getBigUint64(at, isLittle)),
  i8: (view, at, isLittle) => Number(view.getBigInt64(at, isLittle)),
  f2: (view, at, isLittle) => halfFloat(view.getUint16(at, isLittle)),
  f4: (view, at, isLittle) => view.getFloat32(at, isLittle),
  f8: (view, at, isLittle) => view.getFloat64(at, isLittle),
};

/** Returns the IEEE 754 float16 with the given bits. */
function halfFloat(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent < 31
        ? (1 + fraction / 1024) * 2 ** (exponent - 15)
        : fraction > 0
          ? NaN
          : Infinity;
  return bits & 0x8000 ? -size : size;
}

function valuesOf(
  where: string,
  view: DataView,
  type: string,
  count: number,
  isLittle: boolean,
): NumpyArray["values"] {
  const size = Number(type.slice(1));
  const isSingle = type === "f4" || type === "f2";
  const bytes = count * (isSingle ? 4 : 8);
  if (bytes > 2 ** 32)
    throw new RangeError(`${where}: takes ${bytes} bytes in memory, expected at most ${2 ** 32}`);
  const values = isSingle ? new Float32Array(count) : new Float64Array(count);
  const read = READERS[type];
  for (let i = 0; i < count; i++) values[i] = read(view, i * size, isLittle);
  return values;
}
