/** Fields in live documents; the rules of each kind lie beside this file. */
export { valueOf, type Checked } from './checked.ts';
export {
  checkField,
  checkFields,
  createDocument,
  fieldsIn,
  FIELDS,
  readField,
  readFields,
  repair,
  writeField,
  type FieldProblem,
  type FieldsRead
} from './document.ts';
