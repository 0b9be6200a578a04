/* global SwaggerUIBundle */
const description = new URL('../v3/api-docs', document.currentScript.src).href;
SwaggerUIBundle({ url: description, dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });
