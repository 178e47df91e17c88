import { useCallback, useEffect } from "react";
import { PAGE_ROWS } from "../api";
import { formatCount } from "../format";

interface Pages {
  results: unknown[];
  status: string;
  loadMore: (rows: number) => void;
}

/** Load the next page when the reader comes near the end of a list, or when a page is empty though more follow. */
export function useEndless({ results, status, loadMore }: Pages) {
  const canLoadMore = status === "CanLoadMore";
  const onNearEnd = useCallback(() => {
    if (canLoadMore) loadMore(PAGE_ROWS);
  }, [canLoadMore, loadMore]);
  useEffect(() => {
    if (results.length === 0) onNearEnd();
  }, [results.length, onNearEnd]);
  const isExhausted = status === "Exhausted";
  const isEmpty = results.length === 0 && isExhausted;
  const footer = (noun: string) => {
    const count = formatCount(results.length, noun);
    return isExhausted ? `All of it: ${count}` : `${count}, more as you scroll`;
  };
  return { onNearEnd, isEmpty, isLoading: results.length === 0 && !isExhausted, footer };
}
