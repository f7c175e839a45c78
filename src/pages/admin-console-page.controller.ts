import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { PageHeaders } from '../http/page-headers';
import { html, page } from './page';

/** Where admins see what is locked and lift it: the same calls as any client of the API makes, from the browser. */
@ApiExcludeController()
@Controller('admin')
export class AdminConsolePageController {
  @Get()
  @PageHeaders()
  getPage(): string {
    return consolePage;
  }
}

// hidden until the script runs: without it, a browser would send the password to an address that knows nothing of it
const signInForm = html`<form id="sign-in" method="post" hidden>
  <label for="name">Address or username</label>
  <input id="name" autocomplete="username" autocapitalize="none" spellcheck="false" required />
  <label for="password">Password</label>
  <input id="password" type="password" autocomplete="current-password" required />
  <button type="submit">Sign in</button>
</form>`;

const codeForm = html`<form id="second-factor" method="post" hidden>
  <label for="code">Code from your authenticator app, or a recovery code</label>
  <input id="code" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="64" required />
  <div class="actions">
    <button type="submit">Continue</button>
    <button type="button" id="start-over" class="plain">Start over</button>
  </div>
</form>`;

const COLUMNS = ['Account', 'Guessed', 'Locked out', 'Failures', 'From', 'Since', 'Until'];

const table = html`<div id="table" class="wide">
  <table id="locks" role="table" aria-describedby="count">
    <thead role="rowgroup">
      <tr role="row">
        ${COLUMNS.map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}
        <th role="columnheader" scope="col"><span class="spoken">Action</span></th>
      </tr>
    </thead>
    <tbody role="rowgroup"></tbody>
  </table>
</div>`;

const consolePart = html`<section id="console" hidden>
  <div class="actions">
    <button type="button" id="refresh">Refresh</button>
    <button type="button" id="sign-out" class="plain">Sign out</button>
  </div>
  <p id="count"></p>
  ${table}
  <p id="more" hidden>Only the latest are shown. Others appear as these are lifted or end, after a refresh.</p>
  <p class="quiet">
    Lifting a lock lets everybody try again, whoever was guessing too. Owners with an address get in without it: from
    where they have signed in before, and by the link that was mailed to them.
  </p>
</section>`;

const consolePage = page(
  'Locked accounts',
  html`<p id="needs-script">This page needs JavaScript. Admins can use the API instead: see <a href="/docs">how</a>.</p>
    <p id="problem" class="alert" role="alert" hidden></p>
    <p id="status" role="status"></p>
    ${signInForm} ${codeForm} ${consolePart}
    <script type="module" src="/assets/admin.mjs"></script>`,
);
