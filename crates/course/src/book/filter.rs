//! What chooses among the rows of a page: two lists, and how many rows are left. `ledger.js` brings it to life.

/// One of the two lists: its label, what it says where nothing is chosen, and its choices as `<option>`s.
pub(super) struct Choice<'a> {
    pub(super) label: &'a str,
    pub(super) all: &'a str,
    pub(super) options: String,
}

/// A choice and how many rows have it; `words` is HTML.
pub(super) fn option(value: &str, words: &str, rows: usize) -> String {
    format!(r#"<option value="{value}">{words} ({rows})</option>"#)
}

/// The form, hidden until the script is there: `marks` looks at a row's `data-verdict`, `parts` at the part that it stands in.
pub(super) fn form(marks: &Choice<'_>, parts: &Choice<'_>, rows: usize) -> String {
    let list = |name,
                Choice {
                    label,
                    all,
                    options,
                }: &Choice<'_>| {
        format!(
            r#"<label>{label} <select name="{name}"><option value="">{all}</option>{options}</select></label>"#
        )
    };
    format!(
        r#"<form class="ledger-filter" hidden>{}{}<output aria-live="polite">{rows} of {rows} rows</output></form>"#,
        list("verdict", marks),
        list("part", parts),
    )
}
