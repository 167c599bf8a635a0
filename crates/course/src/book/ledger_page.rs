//! The ledger as a page: every row, under the headings of the article, with the verdicts counted.

use trace::html::escape;

use super::boxes;
use super::claims::{Claim, Ledger, Verdict};

/// Draws the ledger. `settled` says where a row is settled, as HTML.
///
/// Headings are Markdown, so that mdBook links and indexes them; the filter is hidden until the
/// page's script shows it.
pub(super) fn page(ledger: &Ledger, settled: impl Fn(&Claim) -> String) -> String {
    let mut page = format!("{}\n\n{}\n\n", counts(ledger), filter(ledger));
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

fn filter(ledger: &Ledger) -> String {
    let verdicts: String = Verdict::ALL
        .into_iter()
        .map(|verdict| {
            let name = verdict.name();
            format!(
                r#"<option value="{name}">{name} ({})</option>"#,
                count(ledger, verdict)
            )
        })
        .collect();
    let parts: String = ledger
        .parts
        .iter()
        .map(|(slug, title)| {
            let rows = ledger
                .claims
                .iter()
                .filter(|claim| claim.part == *slug)
                .count();
            format!(
                r#"<option value="{}">{} ({rows})</option>"#,
                escape(slug),
                escape(title)
            )
        })
        .collect();
    format!(
        concat!(
            r#"<form class="ledger-filter" hidden><label>Verdict <select name="verdict"><option value="">all</option>{verdicts}</select></label>"#,
            r#"<label>About <select name="part"><option value="">everything</option>{parts}</select></label>"#,
            r#"<output aria-live="polite">{total} of {total} rows</output></form>"#,
        ),
        verdicts = verdicts,
        parts = parts,
        total = ledger.claims.len(),
    )
}
