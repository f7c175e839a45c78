import type { TestApp } from './test-app';

/** As Fastify prints its routes: a tree whose lines hold what is added to the path of the line above. */
export function registeredRoutes({ app }: Pick<TestApp, 'app'>): string[] {
  const parents: string[] = [];
  const lines = app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false }).split('\n');
  return lines.flatMap((line) => {
    const [, indent = '', part = '', methods = ''] = /^([│├└─ ]*)(\S+) \(([A-Z, ]+)\)/.exec(line) ?? [];
    if (methods === '') return [];
    const depth = indent.length / 4;
    const path = `${depth > 1 ? (parents[depth - 1] ?? '') : ''}${part}`.replace(/^\/*/, '/');
    parents[depth] = path === '/' ? '' : path;
    return methods
      .split(', ')
      .filter((method) => method !== 'HEAD' && method !== 'OPTIONS')
      .map((method) => `${method} ${path}`);
  });
}

/** As OpenAPI writes a route: what takes in the rest of a path is a parameter, too. */
export function templateOf(route: string): string {
  return route.replace(/:(\w+)/g, '{$1}').replace(/\/?[*]$/, '/{path}');
}
