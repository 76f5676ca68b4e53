/** Names at carets hang to the right of them; near the edge of what is written in, to the left. */
export function nameTags(frame: HTMLElement, carets: string): { look(): void; end(): void } {
  let asked = 0;
  function place(): void {
    asked = 0;
    const edge = frame.getBoundingClientRect().right;
    for (const caret of frame.querySelectorAll<HTMLElement>(carets)) {
      const tag = caret.firstElementChild as HTMLElement | null;
      tag?.toggleAttribute('data-left', caret.getBoundingClientRect().left + tag.offsetWidth > edge);
    }
  }
  return {
    /** Something was written or a caret moved: look after the next drawing. */
    look: () => (asked ||= requestAnimationFrame(place)),
    end: () => cancelAnimationFrame(asked)
  };
}
