export type TableValue = string | number | undefined;

/** Rows of text; columns after the first are figures unless their names are in `texts`. */
export function DataTable({
  caption,
  columns,
  rows,
  texts = [],
}: {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly TableValue[])[];
  readonly texts?: readonly string[];
}) {
  const kind = (column: number): string | undefined =>
    column === 0 || texts.includes(columns[column] ?? "") ? undefined : "num";
  return (
    <table>
      <caption class="hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map((name, i) => (
            <th scope="col" class={kind(i)} key={name}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, r) => (
          <tr key={r}>
            {row.map((value, i) =>
              i === 0 ? (
                <th scope="row" key={i}>
                  {value}
                </th>
              ) : (
                <td class={kind(i)} key={i}>
                  {value ?? "–"}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
