import { expect, test } from "vitest";
import { recogniseImage } from "../../src/checks/image.js";
import { gif, ico, jpg, png } from "../support/images.js";

test.each([
  ["PNG", "image/png", png(30, 20), { width: 30, height: 20 }],
  ["GIF", "image/gif", gif(300, 5), { width: 300, height: 5 }],
  ["JPG", "image/jpeg", jpg(1920, 1080), { width: 1920, height: 1080 }],
  ["ICO", "image/x-icon", ico(16, 48, 32), { width: 48, height: 48 }],
  ["ICO", "image/x-icon", ico(16, 256), { width: 256, height: 256 }],
])("a %s is recognised by its content, with its type and size", (format, contentType, data, size) => {
  expect(recogniseImage(data)).toEqual({ format, contentType, size });
  // The image may be a part of a larger buffer.
  const within = Buffer.concat([Buffer.alloc(7), data]).subarray(7);
  expect(recogniseImage(within)).toEqual({ format, contentType, size });
});

test("an image that is cut short has no size, and nothing breaks", () => {
  expect(recogniseImage(png(9).subarray(0, 20))).toMatchObject({ format: "PNG", size: undefined });
  expect(recogniseImage(gif(9).subarray(0, 8))).toMatchObject({ format: "GIF", size: undefined });
  expect(recogniseImage(jpg(9).subarray(0, 12))).toMatchObject({ format: "JPG", size: undefined });
});

test.each([
  ["nothing", Buffer.alloc(0)],
  ["text", Buffer.from("logo.png")],
  ["a web page", Buffer.from("<!doctype html><img src=x.png>")],
  ["an SVG", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ["a WebP", Buffer.from("RIFF\x10\0\0\0WEBPVP8 ", "latin1")],
  ["a BMP", Buffer.from("BM\x9a\0\0\0\0\0", "latin1")],
  ["a private key", Buffer.from("-----BEGIN PRIVATE KEY-----\n")],
  ["a program", Buffer.from("\x7fELF\x02\x01\x01", "latin1")],
  ["zeros", Buffer.alloc(100)],
  ["an icon without images", Buffer.from([0, 0, 1, 0, 0, 0, ...Buffer.alloc(100)])],
  ["an icon with more images than it has room for", Buffer.from([0, 0, 1, 0, 9, 0, ...Buffer.alloc(30)])],
  ["half of a PNG's signature", Buffer.from("\x89PNG", "latin1")],
  ["a comment in the way of a GIF", Buffer.from(" GIF89a")],
])("%s is no image", (_name, data) => {
  expect(recogniseImage(data)).toBeUndefined();
});

test("a JPEG whose segments claim to be empty does not keep anybody waiting", () => {
  expect(recogniseImage(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xe0, 0, 0, 0xff, 0xff]))?.format).toBe("JPG");
  expect(recogniseImage(Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(1000, 0xff)]))?.format).toBe("JPG");
});
