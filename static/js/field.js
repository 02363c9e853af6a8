// A form that came back leads to its first wrong field.
const focusFirstError = (root) => find('[aria-invalid="true"]', root)?.focus();

focusFirstError(document);
onSwap(focusFirstError);
