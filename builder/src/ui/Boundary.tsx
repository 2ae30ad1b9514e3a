import { Component, type ReactNode } from "react";

interface Props {
  /** What has broken, as people call it. */
  readonly what: string;
  /** Shown anew when this changes: another step's panel may well work. */
  readonly of?: string;
  readonly children: ReactNode;
}

/** Keeps a fault to the part that has it: the rest goes on, and what is drawn is saved as ever. */
export class Boundary extends Component<Props, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError(): { isBroken: boolean } {
    return { isBroken: true };
  }

  override componentDidUpdate(before: Props): void {
    if (this.state.isBroken && before.of !== this.props.of) this.setState({ isBroken: false });
  }

  override render(): ReactNode {
    if (!this.state.isBroken) return this.props.children;
    return (
      <div className="notice status-failed b-broken" role="alert">
        <span>{this.props.what} cannot be shown. What you have drawn is kept.</span>
        <button type="button" className="button button--sm" onClick={() => location.reload()}>Load the page again</button>
      </div>
    );
  }
}
