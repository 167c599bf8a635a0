//! The chapters: their directives, the ledger of claims, the sections that they cite.
