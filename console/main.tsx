import { render } from 'preact';
import { App } from './shell/app.tsx';
import './shell/base.css';

render(<App />, document.getElementById('app')!);
