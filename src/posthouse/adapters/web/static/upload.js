// Files to the server, with progress. fetch() cannot tell how far an upload is, hence XMLHttpRequest.

/**
 * @param {File} file
 * @param {(part: number) => void} onProgress
 * @returns {{done: Promise<any>, cancel: () => void}} `done` rejects with a sentence for the person
 */
export function upload(file, onProgress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // A proxy's own page; the status says enough.
      }
      if (request.status === 201) resolve(answer);
      else reject(new Error(answer.error ?? `The server did not take it (${request.status}).`));
    };
    request.onerror = () => reject(new Error("The connection broke while sending."));
    request.onabort = () => reject(new DOMException("Cancelled", "AbortError"));
  });
  const address = new URL("files", document.baseURI);
  address.searchParams.set("name", file.name || "picture.png");
  request.open("POST", address);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.send(file);
  return { done, cancel: () => request.abort() };
}

/** @param {File} file @returns {Promise<{url: string, width: number, height: number}|null>} a picture to show meanwhile */
export async function preview(file) {
  if (!/^image\/(png|jpeg|gif|webp|avif)$/u.test(file.type)) return null;
  const url = URL.createObjectURL(file);
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    return { url, width: image.naturalWidth, height: image.naturalHeight };
  } catch {
    URL.revokeObjectURL(url);
    return null;
  }
}
