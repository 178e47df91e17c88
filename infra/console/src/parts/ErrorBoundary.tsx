import { Component, type ReactNode } from "react";
import { Failure } from "./Failure";

interface ErrorBoundaryProps {
  children: ReactNode;
  onSignOut?: () => void;
}

/** Shows an error where a part of the page would be, and lets the reader try again. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return <Failure error={error} onRetry={() => this.setState({})} onSignOut={this.props.onSignOut} />;
  }
}
