// CloudFront Function: requests for the console, whose files S3 holds. Paths that name no file are the page's own.

function handler(event) {
  const request = event.request;
  if (request.uri === '/_console') {
    // Without the slash at its end, the page would look for its files beside it.
    return { statusCode: 301, statusDescription: 'Moved Permanently', headers: { location: { value: '/_console/' } } };
  }
  if (!/\.[a-z0-9]+$/.test(request.uri)) request.uri = '/_console/index.html';
  return request;
}
