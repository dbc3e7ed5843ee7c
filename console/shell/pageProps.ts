/** The parameters of the address, such as `sid` of `sessions/:sid`. */
export interface PageProps {
  readonly parameters: Readonly<Record<string, string>>;
}
