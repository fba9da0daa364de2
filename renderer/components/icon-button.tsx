import type { IconName } from '../icon-name.ts';
import { Icon } from './icon.tsx';

interface Props {
  readonly icon: IconName;
  /** what it does, and with what: `Restart db` */
  readonly name: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
}

/** A button that shows only an icon; its name is read out, and shown under the pointer. */
export function IconButton({ icon, name, onClick, disabled = false }: Props) {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={name}
      title={name}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
