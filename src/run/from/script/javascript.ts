import type {
  Expression,
  Node,
  ObjectExpression,
  Pattern,
  Program,
  SpreadElement,
  Super,
  TemplateLiteral,
} from "acorn";
import { BOUNDS } from "../bounds.ts";
import { reference, variableOf } from "../reference.ts";
import { Choice, isItems, itemAt, joined, mapOf, operate, Range, Unknown, type Value } from "./value.ts";

/** Names and what they stand for; those of a function lie over those of the file. */
export interface Scope {
  readonly names: ReadonlyMap<string, Node>;
  /** Parameters of a function, as its callers give them. */
  readonly given: ReadonlyMap<string, Value>;
}

type Part = Expression | Super | SpreadElement | null;

const DEEPEST = 60;

/** Tells what expressions of a JavaScript file come to; nothing is run. */
export class Evaluator {
  readonly #text: string;
  #steps = 0;

  constructor(text: string) {
    this.#text = text;
  }

  of(node: Node | null | undefined, scope: Scope, depth = 0): Value {
    if (node === null || node === undefined) return new Unknown("");
    if (depth > DEEPEST || ++this.#steps > BOUNDS.steps) return this.#unknown(node);
    return this.#known(toExpression(node), scope, depth + 1) ?? this.#unknown(node);
  }

  #unknown(node: Node): Unknown {
    return new Unknown(this.#text.slice(node.start, node.end));
  }

  #known(node: Expression | undefined, scope: Scope, depth: number): Value | undefined {
    const of = (part: Node | null): Value => this.of(part, scope, depth);
    if (node === undefined) return undefined;
    if (node.type === "Literal") {
      const { value } = node;
      return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean"
        ? value
        : undefined;
    }
    if (node.type === "TemplateLiteral") return this.#template(node, of);
    if (node.type === "TaggedTemplateExpression") return this.#template(node.quasi, of);
    if (node.type === "ArrayExpression") return this.#list(node.elements, of);
    if (node.type === "ObjectExpression") return this.#object(node, of);
    if (node.type === "Identifier") {
      const found = scope.names.get(node.name);
      return scope.given.get(node.name) ?? (found === undefined ? undefined : of(found));
    }
    if (node.type === "MemberExpression")
      return this.#member(node.object, node.computed ? of(node.property) : nameOf(node.property), of);
    if (node.type === "BinaryExpression") return operate(node.operator, of(node.left), of(node.right));
    if (node.type === "LogicalExpression") return either(of(node.left), of(node.right), node.operator);
    if (node.type === "UnaryExpression") {
      const value = of(node.argument);
      return node.operator === "-" && typeof value === "number" ? -value : node.operator === "+" ? value : undefined;
    }
    if (node.type === "ParenthesizedExpression") return of(node.expression);
    if (node.type === "AwaitExpression") return of(node.argument);
    if (node.type === "NewExpression" || node.type === "CallExpression")
      return this.#call(node.callee, node.arguments, of);
    return undefined;
  }

  #object({ properties }: ObjectExpression, of: (part: Node) => Value): Value {
    const map = new Map<string, Value>();
    for (const property of properties) {
      if (property.type === "SpreadElement") for (const [key, item] of mapOf(of(property.argument))) map.set(key, item);
      else if (property.kind === "init") {
        const { key } = property;
        const name = !property.computed && key.type === "Identifier" ? key.name : of(key);
        if (typeof name === "string" || typeof name === "number") map.set(String(name), of(property.value));
      }
    }
    return map;
  }

  #template({ quasis, expressions }: TemplateLiteral, of: (part: Node) => Value): Value {
    return joined(
      quasis.flatMap(({ value }, i): Value[] => {
        const expression = expressions[i];
        return [value.cooked ?? value.raw, ...(expression === undefined ? [] : [of(expression)])];
      }),
    );
  }

  #list(elements: readonly (Part | Pattern)[], of: (part: Node | null) => Value): Value[] {
    return elements.flatMap((element): readonly Value[] => {
      if (element?.type !== "SpreadElement") return [of(element)];
      const spread = of(element.argument);
      return isItems(spread) ? spread : [];
    });
  }

  #member(object: Part, name: Value | undefined, of: (part: Node | null) => Value): Value | undefined {
    if (object?.type === "Identifier" && object.name === "__ENV" && typeof name === "string") return reference(name);
    if (object?.type === "MemberExpression" && nameOf(object.property) === "env" && typeof name === "string")
      return reference(name);
    const value = of(object);
    if (value instanceof Choice && typeof name === "string")
      return new Choice(value.options.map((option) => mapOf(option).get(name) ?? new Unknown(name)));
    if (name === undefined) return undefined;
    if (isItems(value)) return name === "length" ? value.length : itemAt(value, name);
    return typeof name === "string" ? mapOf(value).get(name) : undefined;
  }

  #call(
    callee: Part,
    args: readonly (Expression | SpreadElement)[],
    of: (part: Node | null) => Value,
  ): Value | undefined {
    const [first, second] = args;
    const method = callee?.type === "MemberExpression" ? nameOf(callee.property) : nameOf(callee);
    const object =
      callee?.type === "MemberExpression" && callee.object.type === "Identifier" ? callee.object.name : undefined;
    switch (`${object === "JSON" || object === "Math" ? `${object}.` : ""}${method ?? ""}`) {
      // A body in JSON is looked at as the data that it is.
      case "JSON.stringify":
      case "JSON.parse":
      case "String":
      case "Number":
      case "parseInt":
      case "parseFloat":
      case "Math.floor":
      case "Math.round":
      case "Math.ceil":
        return first === undefined ? undefined : of(first);
      case "Math.random":
        return new Range(0, 1);
      case "randomItem": {
        const list = first === undefined ? undefined : of(first);
        return isItems(list) ? new Choice(list) : undefined;
      }
      case "randomIntBetween": {
        const [min, max] = [of(first ?? null), of(second ?? null)];
        return typeof min === "number" && typeof max === "number" ? new Range(min, max) : undefined;
      }
      case "SharedArray":
        return second === undefined ? undefined : of(returned(second) ?? null);
      case "toString":
      case "trim":
        return callee?.type === "MemberExpression" ? of(callee.object) : undefined;
      default:
        return undefined;
    }
  }
}

/** `a || b`: a variable of the environment takes what follows for its default. */
function either(left: Value, right: Value, operator: string): Value | undefined {
  if (operator === "&&") return undefined;
  const name = typeof left === "string" ? variableOf(left) : undefined;
  if (name !== undefined) return typeof right === "string" ? reference(name, right) : left;
  return left instanceof Unknown ? right : left;
}

export function nameOf(node: Node | null): string | undefined {
  return node !== null && "name" in node && typeof node.name === "string" ? node.name : undefined;
}

/** What a function without branches gives back. */
function returned(node: Node): Node | undefined {
  if (!isFunction(node)) return undefined;
  const body: unknown = "body" in node ? node.body : undefined;
  if (!isNode(body)) return undefined;
  if (body.type !== "BlockStatement") return body;
  const statements: readonly unknown[] = "body" in body && Array.isArray(body.body) ? body.body : [];
  const last = statements.at(-1);
  return isNode(last) && last.type === "ReturnStatement" && "argument" in last && isNode(last.argument)
    ? last.argument
    : undefined;
}

export function isFunction(node: Node): boolean {
  return /Function/.test(node.type);
}

export function isNode(value: unknown): value is Node {
  return (
    typeof value === "object" && value !== null && "type" in value && typeof value.type === "string" && "start" in value
  );
}

function toExpression(node: Node): Expression | undefined {
  return isExpression(node) ? node : undefined;
}

const NO_EXPRESSION = /Statement$|Declaration$|^Program$|Pattern$|Specifier$|^Property$/;

function isExpression(node: Node): node is Expression {
  return !NO_EXPRESSION.test(node.type);
}

/** Visits every node, outermost first, with the functions around it. */
export function walk(root: Program, visit: (node: Node, functions: readonly Node[]) => void): void {
  const stack: { readonly node: Node; readonly functions: readonly Node[] }[] = [{ node: root, functions: [] }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, functions } = next;
    visit(node, functions);
    const inner = isFunction(node) ? [...functions, node] : functions;
    const children: Node[] = [];
    const parts: Readonly<Record<string, unknown>> = { ...node };
    for (const value of Object.values(parts)) {
      if (Array.isArray(value)) for (const item of value) if (isNode(item)) children.push(item);
      if (isNode(value)) children.push(value);
    }
    for (const child of children.toReversed()) stack.push({ node: child, functions: inner });
  }
}
