import { useLayoutEffect, useRef, type DialogHTMLAttributes, type RefObject } from 'react';

interface Modal {
  readonly ref: RefObject<HTMLDialogElement | null>;
  readonly onCancel: DialogHTMLAttributes<HTMLDialogElement>['onCancel'];
}

/** The browser's own modal dialog: it keeps the focus in, closes on Escape and gives the focus back. */
export function useModal(onClose: () => void): Modal {
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    // closed before React takes it away, so that the focus goes back to where it was
    return () => dialog?.close();
  }, []);
  return {
    ref,
    onCancel: (event) => {
      event.preventDefault();
      onClose();
    },
  };
}
