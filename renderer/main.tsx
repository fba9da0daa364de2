import './no-eval.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/layout.css';
import './styles/overview.css';
import './styles/services.css';
import './styles/health.css';
import './styles/views.css';
import './styles/logs.css';
import './styles/settings.css';
import './styles/setup.css';
import './styles/keys.css';
import './styles/gpu.css';
import './styles/palette.css';
import { createRoot } from 'react-dom/client';
import type { Bridge } from '../main/channels.ts';
import { App } from './app.tsx';
import { ErrorBoundary } from './components/error-boundary.tsx';
import { WindowContext } from './context.ts';
import { connect } from './state.ts';

declare global {
  interface Window {
    /** the preload script's */
    readonly bridge: Bridge;
  }
}

const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');
createRoot(root).render(
  <WindowContext value={connect(window.bridge)}>
    <ErrorBoundary>
      <App />
    </ErrorBoundary>
  </WindowContext>,
);
