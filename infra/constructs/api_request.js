// CloudFront Function: every request but those for files. `CORS` and `WEBSOCKET_STAGE` stand before this text.

function handler(event) {
  const request = event.request;
  // Clients append `/api/...` to the address they were given, which may end in a slash.
  request.uri = request.uri.replace(/^\/+/, '/');
  // Whatever a client says of this itself is replaced; the functions count callers by it.
  request.headers['x-polaris-viewer'] = { value: event.viewer.ip };
  if (request.uri === '/api/storage/upload') return asBytes(request);
  const sync = /^\/api\/(?:(\d[^/]*)\/)?sync$/.exec(request.uri);
  if (!sync) return request;
  if (!WEBSOCKET_STAGE) return notImplemented();
  // A WebSocket API is served at its stage alone; browsers tell their version in the path, other clients in a header.
  request.uri = '/' + WEBSOCKET_STAGE;
  if (sync[1]) request.querystring.v = { value: sync[1] };
  return request;
}

// API Gateway hands a function the body of a text type as decoded text, which not all bytes survive.
function asBytes(request) {
  request.headers['x-content-type'] = request.headers['content-type'] || { value: 'application/octet-stream' };
  request.headers['content-type'] = { value: 'application/octet-stream' };
  return request;
}

function notImplemented() {
  const error = { code: 'NotImplemented', message: 'This deployment has no WebSocket API; use the HTTP client.' };
  return {
    statusCode: 501,
    statusDescription: 'Not Implemented',
    headers: Object.assign({ 'content-type': { value: 'application/json' } }, CORS),
    body: { encoding: 'text', data: JSON.stringify(error) },
  };
}
