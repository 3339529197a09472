/** Collects what is wrong with labels and says each kind in one sentence, with a count and an example. */

const sentences = {
  clipped: (n: number, e: string) =>
    `${n} ${n === 1 ? 'box reaches' : 'boxes reach'} outside the image and ${n === 1 ? 'was' : 'were'} clipped, e.g. ${e}.`,
  empty: (n: number, e: string) =>
    `${n} ${n === 1 ? 'box without area was' : 'boxes without area were'} dropped, e.g. ${e}.`,
  malformed: (n: number, e: string) =>
    `${n} malformed label ${n === 1 ? 'entry was' : 'entries were'} passed over: ${e}.`,
  'image-not-in-set': (n: number, e: string) =>
    `${n} labelled ${n === 1 ? 'image is' : 'images are'} not in the image set, e.g. ${e}; ${n === 1 ? 'its' : 'their'} boxes are not used.`,
  'image-ambiguous': (n: number, e: string) =>
    `${n} labelled ${n === 1 ? 'image fits' : 'images fit'} several images of the set equally well, e.g. ${e}; ${n === 1 ? 'its' : 'their'} boxes are not used.`,
  'annotation-without-image': (n: number, e: string) =>
    `${n} ${n === 1 ? 'annotation names' : 'annotations name'} an image id that the file does not list, e.g. ${e}.`,
  'background-image': (n: number, e: string) =>
    `${n} ${n === 1 ? 'image has' : 'images have'} no label file and ${n === 1 ? 'counts' : 'count'} as background, e.g. ${e}.`,
  'left-out': (n: number, e: string) =>
    `${n} ${n === 1 ? 'image of the set is' : 'images of the set are'} not in the label file and left out of the evaluation, e.g. ${e}.`,
  'size-unknown': (n: number, e: string) =>
    `The size of ${n} labelled ${n === 1 ? 'image' : 'images'} cannot be read, left out of the evaluation, e.g. ${e}.`,
  'size-differs': (n: number, e: string) =>
    `${n} of the images looked at ${n === 1 ? 'has' : 'have'} another size than their labels say, e.g. ${e}; boxes may be misplaced.`,
  difficult: (n: number, e: string) =>
    `${n} ${n === 1 ? 'object' : 'objects'} marked difficult ${n === 1 ? 'counts' : 'count'} as ordinary, e.g. in ${e}.`,
  'unknown-class': (n: number, e: string) =>
    `${n} ${n === 1 ? 'box has' : 'boxes have'} a class that the data set does not name and ${n === 1 ? 'was' : 'were'} passed over, e.g. ${e}.`,
} as const;

export type LabelIssue = keyof typeof sentences;

/** Examples kept of each kind; only malformed entries show more than one. */
const examplesKept = 3;

export class LabelIssues {
  private readonly found = new Map<LabelIssue, { count: number; readonly examples: string[] }>();

  /** `example` names the place: file, line, id. */
  note(issue: LabelIssue, example: string): void {
    const entry = this.found.get(issue) ?? { count: 0, examples: [] };
    entry.count++;
    if (entry.examples.length < examplesKept) entry.examples.push(example);
    this.found.set(issue, entry);
  }

  count(issue: LabelIssue): number {
    return this.found.get(issue)?.count ?? 0;
  }

  /** The first few examples. */
  examples(issue: LabelIssue): readonly string[] {
    return this.found.get(issue)?.examples ?? [];
  }

  sentences(): string[] {
    return [...this.found].map(([issue, { count, examples }]) =>
      sentences[issue](count, issue === 'malformed' ? examples.join('; ') : (examples[0] ?? '')),
    );
  }
}
