//! Asks AWS, with a leaked credential or with the auditor's own.
