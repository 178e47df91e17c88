// CloudFront Function: requests for stored files, which S3 answers. `CORS` stands before this text.

function handler(event) {
  const request = event.request;
  if (request.method === 'OPTIONS') {
    return { statusCode: 204, statusDescription: 'No Content', headers: CORS };
  }
  if (/^\/api\/storage\/[0-9a-f-]{36}$/.test(request.uri)) return request;
  const error = { code: 'InvalidStoragePath', message: 'A file is served at /api/storage/{uuid}.' };
  return {
    statusCode: 400,
    statusDescription: 'Bad Request',
    headers: Object.assign({ 'content-type': { value: 'application/json' } }, CORS),
    body: { encoding: 'text', data: JSON.stringify(error) },
  };
}
