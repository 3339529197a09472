/** Hands a text to the browser as a file to keep. */

export function downloadText(name: string, text: string, type = 'text/csv'): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser reads the object after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
