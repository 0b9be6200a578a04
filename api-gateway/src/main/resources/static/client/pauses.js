/** Pauses in words, and as the API takes them. */

/** @returns {string} `Everything`, `User ada`, `Model …` */
export function whomOf({ scope, userId, model }) {
  switch (scope) {
    case 'user':
      return `User ${userId}`;
    case 'model':
      return `Model ${model}`;
    default:
      return 'Everything';
  }
}

/** What names a pause in a request that ends it. */
export const namesOf = ({ userId, model }) => ({ userId, model });

/** Another one for a pause that ended and began anew. */
export const keyOf = ({ scope, userId, model, since }) => `${since} ${scope} ${userId ?? model ?? ''}`;
