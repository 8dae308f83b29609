import { crc32, deflateSync } from "node:zlib";

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** Returns a real PNG of one colour. The sides are in pixels. */
export function png(width: number, height = width): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // The header says eight bits a channel, in red, green and blue.
  header.set([8, 2], 8);
  const rows = Buffer.alloc(height * (1 + width * 3), 0x7f);
  for (let row = 0; row < height; row += 1) rows[row * (1 + width * 3)] = 0;
  const parts = [chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]);
}

/** Returns the head of a GIF, followed by every byte value. The sides are in pixels. */
export function gif(width: number, height = width): Buffer {
  const head = Buffer.from("GIF89a\0\0\0\0", "latin1");
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  return Buffer.concat([head, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))]);
}

/** Returns a JPEG's segments up to the frame header, after some text and a long comment. The sides are in pixels. */
export function jpg(width: number, height = width): Buffer {
  const app = Buffer.concat([
    Buffer.from([0xff, 0xe0, 0, 16]),
    Buffer.from("JFIF\0\x01\x01\0\0\x01\0\x01\0\0", "latin1"),
  ]);
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 1, 2]), Buffer.alloc(256, 0xff)]);
  const frame = Buffer.from([0xff, 0xc2, 0, 17, 8, 0, 0, 0, 0, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), app, comment, frame, Buffer.from([0xff, 0xd9])]);
}

/** Returns an icon with square images of these sides. They are in pixels, at most 256. */
export function ico(...sides: number[]): Buffer {
  const head = Buffer.from([0, 0, 1, 0, sides.length, 0]);
  const entries = sides.map((side) =>
    Buffer.from([side % 256, side % 256, 0, 0, 1, 0, 32, 0, 4, 0, 0, 0, 99, 0, 0, 0]),
  );
  return Buffer.concat([head, ...entries, Buffer.alloc(100, 0xab)]);
}
