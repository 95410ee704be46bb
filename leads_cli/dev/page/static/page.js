// Shows the webhook's answer beside the form. Without this script the form posts as any other.
(() => {
  const form = document.getElementById("signup");
  if (!form) return;
  const button = form.querySelector("button");
  const answer = document.getElementById("answer");
  const say = (text, mood) => {
    answer.textContent = text;
    answer.className = mood;
  };

  const clear = () => {
    form.querySelectorAll(".problem").forEach((place) => (place.textContent = ""));
    form.querySelectorAll("[aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
    say("", "");
  };

  const showProblems = (problems) => {
    const elsewhere = [];
    for (const { field, message } of problems) {
      const input = form.querySelector(`[data-lead-field="${CSS.escape(field)}"]`);
      if (!input) {
        elsewhere.push(`${field}: ${message}`);
        continue;
      }
      input.setAttribute("aria-invalid", "true");
      document.getElementById(input.getAttribute("aria-describedby")).textContent = message;
    }
    say(elsewhere.join("; ") || "Not taken: please look at the marked field.", "bad");
    form.querySelector("[aria-invalid]")?.focus();
  };

  const show = (response, body) => {
    if (response.status === 422 && body.errors?.length) return showProblems(body.errors);
    if (!response.ok) return say(`${response.status}: ${body.detail ?? response.statusText}`, "bad");
    if (body.accepted > 0) {
      form.reset();
      form.querySelector("input").focus();
      return say("Taken. It appears among the leads within seconds.", "good");
    }
    if (body.duplicate) return say("Taken before: the same event enrolls no one twice.", "warn");
    return say("Answered 200, but no one was enrolled: the source's rules ignore this submission.", "warn");
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clear();
    const email = form.querySelector('[data-lead-field="email"]');
    if (!email.value.trim()) return showProblems([{ field: "email", message: "Please fill in an e-mail address." }]);
    button.disabled = true;
    try {
      const response = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams(new FormData(form)),
      });
      show(response, await response.json().catch(() => ({})));
    } catch {
      say("No answer: is leads dev still running?", "bad");
    } finally {
      button.disabled = false;
    }
  });
})();
