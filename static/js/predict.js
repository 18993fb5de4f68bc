export function startPredict() {
  return {};
}
