// The dashboard's entry: the page is drawn into one element, and everything live begins here.
import './shared/base.css';
import './shared/frame.css';
import './shared/table.css';
import { render } from 'preact';
import { begin } from './shared/live.ts';
import { Shell } from './shared/shell.tsx';

const page = document.getElementById('page');
if (page) {
  render(<Shell />, page);
  begin();
}
