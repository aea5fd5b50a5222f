// The front page: rounds as they stand, every two seconds while the page is looked at.

const SAMPLE_USER = '00000000-0000-4000-8000-000000000001';
const SAMPLE_ROUND = '00000000-0000-4000-8000-000000000201';
const EVERY_MS = 2000;
const SHOWN_MAX = 12;

const $ = (id) => document.getElementById(id);

function state(up, text) {
  $('state').className = 'state ' + (up ? 'up' : 'down');
  $('state-text').textContent = text;
}

function card(round) {
  const item = $('round').content.firstElementChild.cloneNode(true);
  item.dataset.id = round.id;
  item.querySelector('h3').textContent = round.productName;
  item.querySelector('.price').textContent = `Round ${round.roundNumber} · ${round.pricePerShare} a share`;
  return item;
}

function fill(item, round) {
  const badge = item.querySelector('.badge');
  badge.textContent = round.status;
  badge.className = 'badge ' + round.status;
  const bar = item.querySelector('.bar');
  bar.setAttribute('aria-valuemax', round.totalShares);
  bar.setAttribute('aria-valuenow', round.soldShares);
  bar.setAttribute('aria-label', `Shares sold of ${round.productName}`);
  bar.firstElementChild.style.width = `${(100 * round.soldShares) / round.totalShares}%`;
  item.querySelector('.sold').textContent = `${round.soldShares} of ${round.totalShares} sold`;
  item.querySelector('.left').textContent = round.remainingShares === 0 ? 'sold out' : `${round.remainingShares} left`;
}

// Cards stay where they are and only their numbers change, so that the bars can move.
function show(rounds) {
  const list = $('rounds');
  const old = new Map([...list.children].filter((item) => item.dataset.id).map((item) => [item.dataset.id, item]));
  const items = rounds.slice(0, SHOWN_MAX).map((round) => {
    const item = old.get(round.id) ?? card(round);
    fill(item, round);
    return item;
  });
  if (items.length === 0) {
    const empty = document.createElement('li');
    empty.className = 'empty';
    empty.textContent = 'No rounds yet. The API reference shows how to create a product and open its first round.';
    items.push(empty);
  }
  if (items.length !== list.children.length || items.some((item, i) => item !== list.children[i])) {
    list.replaceChildren(...items);
  }
  const more = rounds.length > SHOWN_MAX ? `the newest ${SHOWN_MAX}` : '';
  $('rounds-note').textContent = more;
}

function propose(rounds) {
  const api = `${location.origin}/api/lottery`;
  const there = rounds.some((round) => round.id === SAMPLE_ROUND);
  $('try-text').textContent = there
    ? 'Buy three shares; paste it again and watch the numbers go on.'
    : 'The rounds as JSON.';
  $('command').textContent = there
    ? [
        `curl -s ${api}/participations \\`,
        `  -H 'Content-Type: application/json' \\`,
        `  -d '{"userId":   "${SAMPLE_USER}",`,
        `       "roundId":  "${SAMPLE_ROUND}",`,
        `       "quantity": 3}'`,
      ].join('\n')
    : `curl -s ${api}/rounds`;
}

async function look() {
  try {
    const answer = await fetch('/api/lottery/rounds?limit=50', { headers: { Accept: 'application/json' } });
    if (!answer.ok) {
      const error = await answer.json();
      state(false, error.message);
      return;
    }
    const rounds = await answer.json();
    state(true, 'Serving');
    show(rounds);
    propose(rounds);
  } catch {
    state(false, 'The service does not answer');
  }
}

async function lookAgain() {
  if (!document.hidden) {
    await look();
  }
  setTimeout(lookAgain, EVERY_MS);
}

if (navigator.clipboard) {
  $('copy').hidden = false;
  $('copy').addEventListener('click', async () => {
    await navigator.clipboard.writeText($('command').textContent);
    $('copy').textContent = 'Copied';
    setTimeout(() => ($('copy').textContent = 'Copy'), 1500);
  });
}

document.addEventListener('visibilitychange', () => document.hidden || look());
lookAgain();
