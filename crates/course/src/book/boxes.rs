//! The boxes of a page: a row of the ledger, the rows that a chapter settles, an exercise's card.
//! Each is one line of HTML.

use trace::html::escape;

use super::claims::{Claim, Verdict};
use crate::exercise::Exercise;
use crate::progress::Standing;

/// The verdict as a badge: a word, and a shape for those who do not tell the colours apart.
///
/// ```text
/// Verdict::Wrong
/// <span class="verdict verdict-wrong"><svg ...>...</svg>wrong</span>
/// ```
pub(super) fn badge(verdict: Verdict) -> String {
    let shape = match verdict {
        Verdict::Right => "M3 8.5L6.5 12L13 4.5",
        Verdict::Imprecise => "M2 9.5C4.5 4.5 6.5 5.5 8 8C9.5 10.5 11.5 11.5 14 6.5",
        Verdict::Outdated => "M8 2A6 6 0 1 1 7.9 2M8 5V8.5L10.5 10",
        Verdict::Wrong => "M3.5 3.5L12.5 12.5M12.5 3.5L3.5 12.5",
        Verdict::Missing => "M8 3V13M3 8H13",
    };
    let name = verdict.name();
    format!(
        concat!(
            r#"<span class="verdict verdict-{name}"><svg viewBox="0 0 16 16" width="13" height="13" aria-hidden="true" focusable="false">"#,
            r#"<path d="{shape}"/></svg>{name}</span>"#,
        ),
        name = name,
        shape = shape,
    )
}

/// What a row says, and what is so. `more` ends the box: where the row is settled, or where it stands.
pub(super) fn claim(claim: &Claim, tag: &str, more: &str) -> String {
    let sections: Vec<String> = claim.rfc.iter().map(super::Citation::link).collect();
    let label = if claim.verdict == Verdict::Missing {
        "What is left out"
    } else {
        "What is said"
    };
    format!(
        concat!(
            r#"<{tag} class="claim claim-{verdict}" id="claim-{id}" data-verdict="{verdict}">"#,
            r#"<p class="claim-says"><span class="claim-label">{label}</span> {says}</p>"#,
            r#"<p class="claim-because">{badge} {because}</p>"#,
            r#"<p class="claim-evidence"><span class="claim-label">How it shows</span> {evidence}</p>"#,
            r#"<p class="claim-sections">{sections}{more}</p></{tag}>"#,
        ),
        tag = tag,
        verdict = claim.verdict.name(),
        id = claim.id,
        label = label,
        says = escape(&claim.says),
        badge = badge(claim.verdict),
        because = escape(&claim.because),
        evidence = escape(&claim.evidence),
        sections = sections.join(" · "),
        more = more,
    )
}

/// The rows that a chapter settles, each with its verdict, linked to the ledger's page if there is one.
pub(super) fn settled(claims: &[&Claim], ledger: Option<&str>) -> String {
    let rows: String = claims
        .iter()
        .map(|claim| {
            let says = escape(&claim.says);
            let says = match ledger {
                Some(page) => format!(
                    r#"<a href="{}#claim-{}">{says}</a>"#,
                    escape(page),
                    claim.id
                ),
                None => says,
            };
            format!("<li>{} <span>{says}</span></li>", badge(claim.verdict))
        })
        .collect();
    format!(r#"<ul class="settled">{rows}</ul>"#)
}

/// The mark of an exercise that is solved: a word, and a tick for those who do not tell colours apart.
const SOLVED: &str = concat!(
    r#" <span class="exercise-done"><svg viewBox="0 0 16 16" width="13" height="13" aria-hidden="true" focusable="false">"#,
    r#"<path d="M3 8.5L6.5 12L13 4.5"/></svg>solved</span>"#,
);

/// What a reader should know before starting an exercise, and whether it is solved.
pub(super) fn exercise(exercise: &Exercise, standing: Standing) -> String {
    let meta = &exercise.meta;
    let folder = exercise.place.exercise();
    let folder = escape(&folder.display().to_string());
    let tests: String = meta
        .points
        .iter()
        .map(|(test, points)| {
            format!(
                "<li>{} <span>({points})</span></li>",
                escape(&test.replace('_', " "))
            )
        })
        .collect();
    let before = match meta.prerequisites.as_slice() {
        [] => String::new(),
        names => format!("<li>after {}</li>", escape(&names.join(", "))),
    };
    let (class, done) = match standing {
        Standing::Solved => ("exercise-card exercise-solved", SOLVED),
        _ => ("exercise-card", ""),
    };
    format!(
        concat!(
            r#"<section class="{class}" id="exercise-{slug}" aria-label="Exercise: {title}">"#,
            r#"<p class="exercise-title"><span class="claim-label">Exercise</span> {title}{done}</p><p>{trains}</p>"#,
            r#"<ul class="exercise-facts"><li>{minutes} minutes</li><li>{total} points</li>{before}</ul>"#,
            r#"<p>Fill in <span class="mono">{folder}/src/lib.rs</span>, then run</p>"#,
            r#"<pre><code class="language-console">cargo test -p {slug}</code></pre>"#,
            r#"<details><summary>What the tests look at</summary><ul class="exercise-tests">{tests}</ul></details>"#,
            r#"<p class="exercise-hint">Stuck? <span class="mono">cargo course hint {slug}</span> shows the next of three hints, which are in <span class="mono">{folder}/hints.md</span>; each says more than the one before.</p></section>"#,
        ),
        class = class,
        done = done,
        title = escape(&exercise.description),
        trains = escape(&meta.trains),
        minutes = meta.minutes,
        total = meta.total(),
        before = before,
        folder = folder,
        slug = escape(&exercise.place.slug),
        tests = tests,
    )
}
