/** Light, dark, or as the system has it. app.html does the same before the first paint. */
export type ThemeChoice = 'system' | 'light' | 'dark';

const KEY = 'ume:theme';

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}

class Theme {
  #choice = $state<ThemeChoice>(stored());
  #system = matchMedia('(prefers-color-scheme: dark)');
  #systemDark = $state(this.#system.matches);

  constructor() {
    this.#system.addEventListener('change', (event) => {
      this.#systemDark = event.matches;
      this.#apply();
    });
    // Another tab chose.
    addEventListener('storage', (event) => {
      if (event.key !== KEY) return;
      this.#choice = stored();
      this.#apply();
    });
  }

  get choice(): ThemeChoice {
    return this.#choice;
  }

  get dark(): boolean {
    return this.#choice === 'system' ? this.#systemDark : this.#choice === 'dark';
  }

  choose(choice: ThemeChoice): void {
    this.#choice = choice;
    try {
      if (choice === 'system') localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, choice);
    } catch {
      // It holds for this page, then.
    }
    this.#apply();
  }

  #apply(): void {
    document.documentElement.dataset.theme = this.dark ? 'dark' : 'light';
    document
      .querySelector('meta[name=theme-color]')
      ?.setAttribute('content', this.dark ? '#141113' : '#f9f7f8');
  }
}

export const theme = new Theme();
