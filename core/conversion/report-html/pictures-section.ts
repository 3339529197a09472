/** The images on which a precision differs most from FP32, with the boxes of both drawn over a small copy. */

import type { Precision } from '../../targets/target.ts';
import type { DifferingImage, DrawnBox, Report, ReportImages } from '../report.ts';
import { boxChanges } from './box-changes.ts';
import { plural, precisionLabels } from './figures.ts';
import { html, type Markup, trusted } from './markup.ts';
import { pixel } from './scale.ts';

const shownForEach = 12;
const shownAtOnce = 6;

/** A labelled box of the ground truth, in pixels of the source image. */
export interface TruthBox {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** Labelled boxes by `DifferingImage.file`. */
export type TruthBoxes = ReadonlyMap<string, readonly TruthBox[]>;

function rect(box: TruthBox, style: string): Markup {
  return html`<rect class="${style}" x="${pixel(box.x1)}" y="${pixel(box.y1)}" width="${pixel(Math.max(0, box.x2 - box.x1))}" height="${pixel(Math.max(0, box.y2 - box.y1))}"/>`;
}

/** A box with a dark edge, so that it shows on every picture. */
function outlined(box: TruthBox, style: string): Markup {
  return html`${rect(box, 'halo')}${rect(box, `stroke ${style}`)}`;
}

function drawPicture(
  image: DifferingImage,
  source: string | undefined,
  truth: readonly TruthBox[],
  classNames: readonly string[],
): Markup {
  const changes = boxChanges(image);
  // Pictures are shown about 430 pixels wide.
  const fontSize = Math.max(6, image.width / 34);
  const name = (box: DrawnBox) => classNames[box.classIndex] ?? `class ${box.classIndex}`;
  const label = (box: DrawnBox, word: string) => {
    const y = box.y1 > fontSize * 1.3 ? box.y1 - fontSize * 0.35 : box.y2 + fontSize;
    const x = Math.min(Math.max(2, box.x1), image.width * 0.78);
    return html`<text x="${pixel(x)}" y="${pixel(Math.min(y, image.height - 4))}" font-size="${pixel(fontSize)}">${word} ${name(box)} ${box.score.toFixed(2)}</text>`;
  };
  const by = `by-${image.precision}`;
  const counts = `${changes.lost.length} lost, ${changes.added.length} new, ${changes.moved.length} moved, ${changes.unchanged.length} unchanged`;
  return html`<figure><svg class="overlay" viewBox="0 0 ${image.width} ${image.height}" role="img" aria-label="${image.file}: ${counts}">
${source && html`<image href="${source}" width="${image.width}" height="${image.height}"/>`}
<g class="truth">${truth.map((box) => rect(box, 'by-truth'))}</g>
<g class="unchanged">${changes.unchanged.map((box) => outlined(box, by))}</g>
<g class="moved">${changes.moved.map(({ before, after }) => html`${outlined(before, 'by-fp32')}${outlined(after, by)}${label(after, 'moved')}`)}</g>
<g class="lost">${changes.lost.map((box) => html`${rect(box, 'fill-fp32')}${outlined(box, 'by-fp32')}${label(box, 'lost')}`)}</g>
<g class="added">${changes.added.map((box) => html`${rect(box, `fill-${image.precision}`)}${outlined(box, by)}${label(box, 'new')}`)}</g>
</svg><figcaption><strong>${counts.replace(/, \d+ unchanged$/, '')}</strong> <span class="soft">of ${plural(image.reference.length, 'box', 'boxes')}, <code>${image.file}</code>${!source && ' (picture could not be read)'}</span></figcaption></figure>`;
}

function legendEntry(id: string, words: string, lines: Markup): Markup {
  return html`<li><label><input type="checkbox" id="show-${id}" checked><svg class="overlay" viewBox="0 0 30 12" aria-hidden="true">${lines}</svg>${words}</label></li>`;
}

/** The legend switches its kinds of box on and off by the style sheet alone. */
function legend(precision: Precision, hasTruth: boolean): Markup {
  const label = precisionLabels[precision];
  const box = '<rect class="stroke STYLE" x="3" y="2" width="24" height="8"/>';
  const line = (style: string) => trusted(box.replace('STYLE', style));
  return html`<ul class="legend" aria-label="Legend; each kind of box can be hidden">
${legendEntry('lost', `lost: only FP32 finds it`, html`${trusted('<rect class="fill-fp32" x="3" y="2" width="24" height="8"/>')}${line('by-fp32')}`)}
${legendEntry('added', `new: only ${label} finds it`, html`${trusted(`<rect class="fill-${precision}" x="3" y="2" width="24" height="8"/>`)}${line(`by-${precision}`)}`)}
${legendEntry('moved', `moved: FP32 dashed, ${label} solid`, html`${trusted('<rect class="stroke by-fp32" x="2" y="1.5" width="20" height="7"/>')}${trusted(`<rect class="stroke by-${precision}" x="7" y="3.5" width="20" height="7"/>`)}`)}
${legendEntry('unchanged', 'unchanged', html`<g class="unchanged">${line(`by-${precision}`)}</g>`)}
${hasTruth && legendEntry('truth', 'ground truth', trusted('<rect class="by-truth" x="3" y="2" width="24" height="8"/>'))}
</ul>`;
}

export function renderPictures(report: Report, images: ReportImages, truth: TruthBoxes): Markup | null {
  const groups = (['int8', 'fp16'] as const).flatMap((precision) => {
    const group = report.differingImages
      .filter((image) => image.precision === precision && image.difference > 0)
      .sort((a, b) => b.difference - a.difference)
      .slice(0, shownForEach);
    return group.length > 0 ? [{ precision, group }] : [];
  });
  const first = groups[0];
  if (!first) return null;
  const pictures = (group: readonly DifferingImage[]) =>
    html`<div class="pictures">${group.map((image) => drawPicture(image, images.get(image.path), truth.get(image.file) ?? [], report.model.classNames))}</div>`;
  return html`<section id="pictures" aria-labelledby="pictures-title"><h2 id="pictures-title">Where ${precisionLabels[first.precision]} differs most from FP32</h2>
<p class="lead">Lost and new boxes are filled; moved ones overlap FP32\u2019s by less than 0.9 (IoU).</p>
${legend(first.precision, truth.size > 0)}${pictures(first.group.slice(0, shownAtOnce))}
${first.group.length > shownAtOnce && html`<details class="more"><summary>The next ${plural(first.group.length - shownAtOnce, 'image')}</summary>${pictures(first.group.slice(shownAtOnce))}</details>`}
${groups.slice(1).map(({ precision, group }) => html`<details class="more"><summary>${precisionLabels[precision]}: ${plural(group.length, 'image')}</summary>${pictures(group)}</details>`)}</section>`;
}
