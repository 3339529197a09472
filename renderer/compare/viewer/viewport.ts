/** Zoom and pan of the viewer: one viewport in image pixels, shared by both panes. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A point of the image `(x, y)` lies at `(x * scale + left, y * scale + top)` of the pane, in CSS pixels. */
export interface Viewport {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

const margin = 8;
/** CSS pixels for one image pixel at most. */
export const largestScale = 16;

function fitScale(image: Size, pane: Size): number {
  const width = Math.max(1, pane.width - 2 * margin);
  const height = Math.max(1, pane.height - 2 * margin);
  return Math.min(width / Math.max(1, image.width), height / Math.max(1, image.height), largestScale);
}

/** The whole image, in the middle of the pane. */
export function fitted(image: Size, pane: Size): Viewport {
  const scale = fitScale(image, pane);
  return {
    scale,
    left: (pane.width - image.width * scale) / 2,
    top: (pane.height - image.height * scale) / 2,
  };
}

/** Keeps the image reachable: a side smaller than the pane is centred, a larger one covers it. */
export function confined(viewport: Viewport, image: Size, pane: Size): Viewport {
  const scale = Math.min(Math.max(viewport.scale, fitScale(image, pane)), largestScale);
  const side = (offset: number, length: number, room: number): number =>
    length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, offset));
  return {
    scale,
    left: side(viewport.left, image.width * scale, pane.width),
    top: side(viewport.top, image.height * scale, pane.height),
  };
}

/** Zooms by `factor` so that the image point under `(x, y)` of the pane stays where it is, as far as it may. */
export function zoomed(
  viewport: Viewport,
  factor: number,
  x: number,
  y: number,
  image: Size,
  pane: Size,
): Viewport {
  const scale = Math.min(Math.max(viewport.scale * factor, fitScale(image, pane)), largestScale);
  const ratio = scale / viewport.scale;
  return confined(
    { scale, left: x - (x - viewport.left) * ratio, top: y - (y - viewport.top) * ratio },
    image,
    pane,
  );
}

export function panned(viewport: Viewport, dx: number, dy: number, image: Size, pane: Size): Viewport {
  return confined({ ...viewport, left: viewport.left + dx, top: viewport.top + dy }, image, pane);
}

/** Shows a box in the middle of the pane, filling about a third of it, never smaller than the fitted image. */
export function focused(
  box: { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number },
  image: Size,
  pane: Size,
): Viewport {
  const width = Math.max(1, box.x2 - box.x1);
  const height = Math.max(1, box.y2 - box.y1);
  const wanted = Math.min(pane.width / width, pane.height / height) / 3;
  const scale = Math.min(Math.max(wanted, fitScale(image, pane)), largestScale);
  return confined(
    {
      scale,
      left: pane.width / 2 - ((box.x1 + box.x2) / 2) * scale,
      top: pane.height / 2 - ((box.y1 + box.y2) / 2) * scale,
    },
    image,
    pane,
  );
}

const pictureWidths = [640, 1280, 2560, 5120] as const;

/** The smallest picture width to ask the host for that is sharp at this scale, the image's own width at most. */
export function pictureWidth(image: Size, scale: number, pixelRatio: number): number {
  const needed = Math.min(image.width, image.width * scale * pixelRatio);
  return pictureWidths.find((width) => width >= needed) ?? 5120;
}
