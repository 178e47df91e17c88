// CloudFront Function: requests for stored files, which S3 answers. `CORS` and `RUNNING` stand before this text.

function handler(event) {
  const request = event.request;
  if (request.method === 'OPTIONS') {
    return { statusCode: 204, statusDescription: 'No Content', headers: CORS };
  }
  if (!/^\/api\/storage\/[0-9a-f-]{36}$/.test(request.uri)) {
    return refused(400, 'Bad Request', 'InvalidStoragePath', 'A file is served at /api/storage/{uuid}.');
  }
  // The console is of this origin, and users' uploads are no scripts of its.
  if (told(request, 'sec-fetch-site') === 'same-origin' && RUNNING.includes(told(request, 'sec-fetch-dest'))) {
    return refused(403, 'Forbidden', 'FileNotRunnable', 'Stored files are not run by pages of this origin.');
  }
  return request;
}

function told(request, header) {
  return request.headers[header] && request.headers[header].value;
}

function refused(status, description, code, message) {
  const error = { code: code, message: message };
  return {
    statusCode: status,
    statusDescription: description,
    headers: Object.assign({ 'content-type': { value: 'application/json' } }, CORS),
    body: { encoding: 'text', data: JSON.stringify(error) },
  };
}
