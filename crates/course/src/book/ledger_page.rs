//! The ledger as a page: every row, under the headings of the article, with the verdicts counted.

use trace::html::escape;

use super::boxes;
use super::claims::{Claim, Ledger, Verdict};
use super::filter::{self, Choice};

/// Draws the ledger. `settled` says where a row is settled, as HTML.
///
/// Headings are Markdown, so that mdBook links and indexes them; the filter is hidden until the
/// page's script shows it.
pub(super) fn page(ledger: &Ledger, settled: impl Fn(&Claim) -> String) -> String {
    let mut page = format!("{}\n\n{}\n\n", counts(ledger), choices(ledger));
    for (slug, title) in &ledger.parts {
        let rows: String = ledger
            .claims
            .iter()
            .filter(|claim| claim.part == *slug)
            .map(|claim| boxes::claim(claim, "li", &settled(claim)))
            .collect();
        if rows.is_empty() {
            continue;
        }
        page.push_str(&format!(
            concat!(
                r#"<section class="ledger-part" data-part="{slug}">"#,
                "\n\n## {title} {{#ledger-{slug}}}\n\n",
                r#"<ol class="ledger" role="list">{rows}</ol>"#,
                "\n</section>\n\n",
            ),
            slug = escape(slug),
            title = title,
            rows = rows,
        ));
    }
    page
}

fn count(ledger: &Ledger, verdict: Verdict) -> usize {
    ledger
        .claims
        .iter()
        .filter(|claim| claim.verdict == verdict)
        .count()
}

/// `195 rows: 66 right, ...`
fn counts(ledger: &Ledger) -> String {
    let verdicts: String = Verdict::ALL
        .into_iter()
        .map(|verdict| {
            format!(
                "<li>{} {}</li>",
                boxes::badge(verdict),
                count(ledger, verdict)
            )
        })
        .collect();
    format!(
        r#"<ul class="ledger-counts" aria-label="{} rows by verdict">{verdicts}</ul>"#,
        ledger.claims.len()
    )
}

fn choices(ledger: &Ledger) -> String {
    let verdicts = Verdict::ALL.into_iter();
    let verdicts = verdicts
        .map(|verdict| filter::option(verdict.name(), verdict.name(), count(ledger, verdict)));
    let parts = ledger.parts.iter().map(|(slug, title)| {
        let of_part = ledger.claims.iter().filter(|claim| claim.part == *slug);
        filter::option(&escape(slug), &escape(title), of_part.count())
    });
    filter::form(
        &Choice {
            label: "Verdict",
            all: "all",
            options: verdicts.collect(),
        },
        &Choice {
            label: "About",
            all: "everything",
            options: parts.collect(),
        },
        ledger.claims.len(),
    )
}
