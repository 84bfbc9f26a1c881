/** Promise.withResolvers() is younger than the oldest Node.js that runs these tests. To be imported for what it does. */

Promise.withResolvers ??= function withResolvers<T>() {
  const resolvers = {} as PromiseWithResolvers<T>;
  resolvers.promise = new Promise((resolve, reject) => Object.assign(resolvers, { resolve, reject }));
  return resolvers;
};
