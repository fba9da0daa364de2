import { useId, type ReactNode } from 'react';
import { useModal } from '../modal.ts';

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A dialog that asks something; its title names it. */
export function Dialog({ title, onClose, children }: Props) {
  const modal = useModal(onClose);
  const id = useId();
  return (
    <dialog {...modal} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}
