// Shows new tickets without a reload, unless somebody is writing. Without this file the page still works.
const writes = () => [...document.querySelectorAll(".case textarea")].some((box) => box.value || box === document.activeElement);

async function refresh() {
  if (document.hidden || writes()) return;
  const answer = await fetch("/desk");
  if (answer.redirected) return location.assign("/?to=/desk"); // signed out meanwhile
  if (!answer.ok || writes()) return;
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html"); // made by the server, every value escaped
  document.querySelector("main").replaceWith(parsed.querySelector("main"));
}

setInterval(refresh, 8000);
